/** How long a password is that somebody chooses, wherever they do: in UTF-16 code units, as `String.length` counts. */
export const PASSWORD_LENGTH = { least: 8, most: 1024 } as const;
