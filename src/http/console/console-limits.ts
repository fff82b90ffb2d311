// Every limit of the console, with its unit and its effect.

/** How long a login lasts, in milliseconds: a working day. It ends sooner with its API key. */
export const SESSION_LIFETIME_MS = 10 * 3_600_000;

/** Maximum number of logins with one API key at a time; one more ends the oldest of them. */
export const MAX_SESSIONS_PER_KEY = 100;

/** Maximum length of a form's body, in bytes: the longest API key and the longest page to return to. */
export const MAX_FORM_BYTES = 8192;

/** Maximum length of a page's address that a login returns to, in characters. */
export const MAX_RETURN_LENGTH = 2048;

/** Number of people on one page of a list. */
export const PEOPLE_PER_PAGE = 50;

/** Number of users on one page of an access list: each comes with an explanation. */
export const USERS_PER_PAGE = 20;

/** Number of other entries that a card lists, such as rows, teams and notes. */
export const ENTRIES_SHOWN = 50;

/** Number of orgs of a person whose membership a card shows in full. */
export const MEMBERSHIPS_SHOWN = 10;

/** Number of roles in one page of the matrix: each has a cell for each of 70 keys and resources. */
export const ROLES_PER_PAGE = 30;

/** Number of events in one page of a history. */
export const EVENTS_PER_PAGE = 25;

/** Maximum number of facts that a history lists for one event. */
export const FACTS_PER_EVENT = 10;

/** Maximum number of facts in one page of a history: a page is rendered in one turn of the event loop. */
export const FACTS_PER_HISTORY = 100;

/** Number of explanations of one answer that a page shows; the rest are in the answer of `POST /explain`. */
export const EXPLANATIONS_SHOWN = 20;

/** Maximum number of pages of history in which the last event about a thing is looked for; a page may be empty. */
export const PRESENCE_HISTORY_PAGES = 10;
