"""The page: one HTML file in which a class drives, clones, fails and learns, without a server or an installation."""
