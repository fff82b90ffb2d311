// Types of the large org, for the test suite.
export interface Extent {
  readonly members: number;
  readonly athletes: number;
  readonly invites: number;
  readonly rows: number;
  readonly teams: number;
  readonly roles: number;
  readonly notes: number;
  readonly admins: number;
  readonly seats: number;
  readonly past: number;
  readonly orgs: number;
}
export interface LargeEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly data: object;
  readonly actor?: string;
}
export const LARGE: Extent;
export function extentOf(times: number): Extent;
export function coach(n: number): string;
export function largeOrg(extent: Extent): Iterable<LargeEvent>;
