// Which hosts and origins are this machine.

/**
 * True for a `Host` header that names this machine's loopback interface: `localhost`, 127.0.0.0/8 or `[::1]`. Ignores
 * case and port. Browsers send the page's host name here, so a page whose name was rebound to 127.0.0.1 is refused.
 *
 * @example isLoopbackHost("localhost:8090") // true
 */
export function isLoopbackHost(host: string): boolean {
  const name = /^(\[::1\]|[a-z0-9.]+)(?::\d{0,5})?$/i.exec(host)?.[1]?.toLowerCase();
  if (name === undefined) return false;
  if (name === "localhost" || name === "[::1]") return true;
  const octets = /^127\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(name);
  return octets !== null && octets.slice(1).every((octet) => Number(octet) <= 255);
}

/**
 * True for an `Origin` header of a page that this machine serves. Browsers let a page of another site, or a page
 * without an origin (`null`), send a POST without a preflight request.
 *
 * @example isLoopbackOrigin("http://localhost:3000") // true
 */
export function isLoopbackOrigin(origin: string): boolean {
  const host = /^https?:\/\/(.+)$/i.exec(origin)?.[1];
  return host !== undefined && isLoopbackHost(host);
}
