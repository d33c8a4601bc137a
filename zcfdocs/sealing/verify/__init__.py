"""What a received file is, whether it is what was signed, and whether it says what its plan and the repository say."""
