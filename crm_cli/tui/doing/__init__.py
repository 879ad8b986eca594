"""What can be done, each as a conversation: what is asked, then one plan through the services."""
