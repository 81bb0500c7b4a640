"""ministack, extended by what a GPU serving stack needs: see each module's first line."""
