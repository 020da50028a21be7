"""What `interviewkit init` puts into a new study: `study.yaml` and the consent forms, to be adapted."""
