"""What a loop relies on in a port, on the RP2040 without an SDK. tests/qemu has the other boards' ports."""

from .support import FirmwareTest, firmware


class PortContract(FirmwareTest):
    presets = ("pico-os",)

    def assertKept(self, report):
        self.assertEqual(report.lines[-1], "port contract: kept", f"\n{report}")
        self.assertEqual(report.exit, "breakpoint")

    @firmware("tests/firmware/port_contract_test", until="20000s")
    def test_one_loop(self, report):
        self.assertKept(report)

    @firmware("tests/firmware/port_contract_loops", until="20000s")
    def test_several_loops(self, report):
        self.assertKept(report)
