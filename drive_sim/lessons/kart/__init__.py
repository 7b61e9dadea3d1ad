"""Lessons in the kart's world: falls a lap of cloning, SMILe and DAgger, and what SMILe's mixture is made of."""
