"""Floor 1: behaviour. Minute epochs and answers in; what is usual, what is raised, whether to invite, what helped."""
