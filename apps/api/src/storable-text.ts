/** PostgreSQL keeps no NUL in text, and jsonb no half of a surrogate pair. */
export const isStorable = (text: string) => !/\0|\p{Surrogate}/u.test(text);

export const NOT_STORABLE = 'must not contain NUL or half a surrogate pair';
