"""What several studies use: sets of closures, flows as paths, the loss as a function of one number."""
