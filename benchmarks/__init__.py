"""Side-by-side measurements against what people would glue together."""
