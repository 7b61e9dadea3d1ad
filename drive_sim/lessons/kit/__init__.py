"""What every lesson shares: its record, its parts and where they are kept, the runner, and the frame of its page."""
