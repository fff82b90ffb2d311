// Generated: the limits of the server that the client keeps to.
/** Maximum number of events in one request. */
export const MAX_EVENTS_PER_REQUEST = 1000;
/** Maximum length of the body of a request with events, in bytes. */
export const MAX_BYTES_PER_REQUEST = 1048576;
/** Maximum number of checks in one request. */
export const MAX_CHECKS_PER_REQUEST = 50;
/** Maximum number of objects in one request that filters. */
export const MAX_OBJECTS_PER_REQUEST = 1000;
/** Maximum number of tokens in one request. */
export const MAX_TOKENS_PER_REQUEST = 50;
