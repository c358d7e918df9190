"""What the gdb commands of ../uasync.py are made of. docs/design/task_reader.md has the rules; emulator/src/tasks follows the same."""
