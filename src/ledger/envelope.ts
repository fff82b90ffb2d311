// An event's envelope as its sender wrote it, and the name of the platform's own order of events.

/** A CloudEvents 1.0 envelope read from a request: the attributes that Sideline uses, and the payload. */
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

/** Value that `org` returns for the platform's own events. No org can have this id. */
export const PLATFORM = "/platform";
