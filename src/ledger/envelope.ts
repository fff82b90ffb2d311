// The envelope of an event as it was sent, and the name of the platform's own order of events.

/** A CloudEvents 1.0 envelope as read from a request: the attributes Sideline knows, and the payload. */
export interface Envelope {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly actor?: string | undefined;
  readonly subject?: string | undefined;
  readonly sequence?: string | undefined;
  /** RFC 3339, as sent. */
  readonly time?: string | undefined;
  readonly data: unknown;
}

/** What `org` answers for the platform's own events; no org can have that id. */
export const PLATFORM = "/platform";
