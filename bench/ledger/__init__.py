"""What uasync costs, in cycles, bytes, instructions and time: measured, held against limits, and shown beside others."""
