#include <uasync/task/shield.hpp>

namespace uasync::detail {

Shield::Shield(TaskState* task) noexcept
    : watch_{[](LoopCallback& node) noexcept {
          auto& self = static_cast<Watch&>(node);
          self.fired();
          WaitNode* waiter = self.waiter.pop_front();
          const Error error = self.error();
          if (waiter == nullptr) return;
          if (error == Error::none || error == Error::exception) {
              WaitLoop::wake(*waiter);
          } else {
              waiter->list = nullptr;  // it is in the awaiter, which is about to be destroyed
              WaitLoop::wake_failing(*waiter, error);
          }
      }} {
    watch_.task = task;
}

bool Shield::suspend(Frame waiter) noexcept {
    TaskLoop& loop = detail::current_loop();
    if (watch_.task == &loop.current()) {
        loop.fail(waiter, Error::misuse);
    } else if (watch_.start()) {
        watch_.waiter.suspend(waiter, "shield");
    } else {
        const Error error = watch_.error();
        watch_.seen();
        if (error == Error::none || error == Error::exception) return false;
        loop.fail(waiter, error);
    }
    return true;
}

}  // namespace uasync::detail
