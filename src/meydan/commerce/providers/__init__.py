"""Payment providers: one file each, all of them behind ``contract.Provider``."""
