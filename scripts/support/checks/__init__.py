"""The checks of the doctor: each looks at one thing, and says what is wrong and what to do."""
