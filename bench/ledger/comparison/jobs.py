"""The jobs that are compared, and why some systems do not do some of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Mapping

#: Who is measured in the same run, as figures call them and as people do.
IN_RUN = {"asio": "Asio", "libuv": "libuv", "glib": "GLib", "cpython": "CPython"}
#: The builds of uasync for the board.
BUILDS = {"os": "uasync, GCC -Os", "o2": "uasync, GCC -O2", "clang": "uasync, Clang"}
BOARD_PEERS = ("FreeRTOS 11.3", "MicroPython 1.28")


@dataclass(frozen=True)
class Job:
    """A row of a table and a plot. Less is always better."""

    title: str
    figure: str  # of uasync; that of a build for the board without the build's name
    unit: str
    plot: str  # the name of its file
    scale: float = 1
    complement: bool = False  # what is shown is 1 minus the figure

    def value(self, figure: float) -> float:
        return (1 - figure if self.complement else figure) * self.scale


TIMES = (
    Job("task switch", "host.switch_ns", "ns", "linux_switch_ns"),
    Job("create a task and await it", "host.spawn_join_ns", "ns", "linux_spawn_join_ns"),
    Job("await a child", "host.await_child_ns", "ns", "linux_await_child_ns"),
    Job("a message through a queue of 1", "host.queue1_ns", "ns", "linux_queue1_ns"),
    Job("a message through a queue of 128", "host.queue128_ns", "ns", "linux_queue128_ns"),
    Job("set a timer among 1,000 and stop it", "host.timer_insert_cancel_ns", "ns", "linux_timer_ns"),
    Job("call a function on a busy loop from another thread", "host.post_ns", "ns", "linux_post_ns"),
    Job("tell a busy loop about a newer value from another thread", "host.post_coalesced_ns", "ns", "linux_post_coalesced_ns"),
    Job("a million sleepers: time beyond the second", "host.sleepers_1m_over_ms", "ms", "linux_sleepers_over_ms"),
    Job("a million sleepers: CPU time in all", "host.sleepers_1m_cpu_ms", "ms", "linux_sleepers_cpu_ms"),
    Job("a million sleepers: memory of each", "host.sleepers_1m_rss_bytes", "bytes", "linux_sleepers_bytes"),
)
INSTRUCTIONS = (
    Job("task switch", "host.switch_instr", "instructions", "linux_switch_instr"),
    Job("create a task and await it", "host.spawn_join_instr", "instructions", "linux_spawn_join_instr"),
    Job("await a child", "host.await_child_instr", "instructions", "linux_await_child_instr"),
    Job("a message through a queue of 1", "host.queue1_instr", "instructions", "linux_queue1_instr"),
    Job("a message through a queue of 128", "host.queue128_instr", "instructions", "linux_queue128_instr"),
    Job("set a timer among 1,000 and stop it", "host.timer_insert_cancel_instr", "instructions", "linux_timer_instr"),
)
BOARD = (
    Job("task switch", "switch_cycles", "cycles", "pico_switch"),
    Job("queue put until the waiting getter runs", "put_to_getter_cycles", "cycles", "pico_put_to_getter"),
    Job("wake latency, from a GPIO edge until the waiting task runs", "edge_to_task_cycles", "cycles", "pico_edge_to_task"),
    Job("await a child", "await_child_cycles", "cycles", "pico_await_child"),
    Job("one wake by a timer, from sleep to sleep", "wake_cycles", "cycles", "pico_wake"),
    Job("RAM of one more sleeping task", "sleeping_task_bytes", "bytes", "pico_sleeping_task"),
    Job("stack growth over 100,000 awaits that finish at once", "stack_100k_awaits_bytes", "bytes", "pico_stack"),
    Job("flash of the demo", "demo_flash_bytes", "bytes", "pico_flash"),
    Job("static RAM of the demo, without stack", "demo_ram_bytes", "bytes", "pico_ram"),
    Job("time that the demo is awake", "demo_asleep", "millionths", "pico_awake", 1e6, True),
    Job("latest wake-up of `sleep_ms(1)` beside ten tasks", "sleep1ms_late_max_us", "µs late", "pico_sleep_late"),
)

NO_TASKS = "has callbacks, and no tasks or queues"
#: Why a system does not do a job, by the figure's name without the unit.
REASONS: Mapping[str, Mapping[str, str]] = {
    **{job: {"libuv": NO_TASKS, "GLib": NO_TASKS} for job in ("spawn_join", "await_child", "queue1", "queue128")},
    "post_coalesced": {
        "Asio": "calls each function that is posted; it has nothing that merges them",
        "CPython": "calls each function that is posted; it has nothing that merges them",
        "GLib": "was not measured, though `g_source_set_ready_time` could do it",
    },
    "edge_to_task": {"FreeRTOS 11.3": "was not measured"},
    "await_child": {"FreeRTOS 11.3": "has no children to await; a task calls functions", "libuv": NO_TASKS, "GLib": NO_TASKS},
    "wake": {"FreeRTOS 11.3": "was not measured", "MicroPython 1.28": "was not measured"},
    "stack_100k_awaits": {
        "FreeRTOS 11.3": "has a stack for each task, which is part of the RAM of one more task",
        "MicroPython 1.28": "was not measured",
    },
    "sleep1ms_late_max": {"FreeRTOS 11.3": "was not measured"},
}


def operation(job: Job) -> str:
    """The figure's name without the room and the unit."""
    return job.figure.rpartition(".")[2].rpartition("_")[0]


def reason(job: Job, system: str) -> str:
    """Why a system that was measured has no figure for a job."""
    return REASONS.get(operation(job), {}).get(system, "was not measured")
