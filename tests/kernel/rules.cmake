# A board's frame pool under the simulation's clock.
uasync_add_runtime(uasync_sim_pool PORT sim NO_DRIVERS POOL 4096 DEFINITIONS UASYNC_STATISTICS=1)
uasync_add_test(kernel.frame_pool_static uasync_sim_pool ${CMAKE_CURRENT_LIST_DIR}/test_frame_pool.cpp)
uasync_add_test(kernel.static_pool uasync_sim_pool ${CMAKE_CURRENT_LIST_DIR}/static_pool.cpp)

# Named pools on a board.
uasync_add_runtime(uasync_sim_pools PORT sim NO_DRIVERS POOL 16384 DEFINITIONS UASYNC_FRAME_POOLS=1)
uasync_add_test(kernel.frame_pool_named_board uasync_sim_pools ${CMAKE_CURRENT_LIST_DIR}/test_frame_pool_named.cpp)
