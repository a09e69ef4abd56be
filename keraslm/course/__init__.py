"""The course: lessons with exercises, and a checker that holds the answers."""
