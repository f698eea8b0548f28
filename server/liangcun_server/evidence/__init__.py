"""Evidence: the photos and documents behind observations, kept by their content."""
