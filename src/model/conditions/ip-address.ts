// The IP addresses of conditions: Go's netip grammar, with IPv4-mapped IPv6 addresses unwrapped.

const V4_IN_V6 = 0xffffn << 32n;

/** An IPv4 or IPv6 address. */
export class IpAddress {
  readonly bits: 32 | 128;
  readonly value: bigint;
  readonly zone: string;

  constructor(bits: 32 | 128, value: bigint, zone: string) {
    this.bits = bits;
    this.value = value;
    this.zone = zone;
  }

  equals(other: IpAddress): boolean {
    return this.bits === other.bits && this.value === other.value && this.zone === other.zone;
  }

  /** Whether it lies in a range such as `1.2.3.0/24` or `2001:db8::/32`. Returns undefined for a malformed CIDR. */
  inCidr(cidr: string): boolean | undefined {
    const slash = cidr.lastIndexOf("/");
    const length = cidr.slice(slash + 1);
    if (slash < 0 || !/^(0|[1-9]\d{0,2})$/.test(length)) return undefined;
    const parsed = parse(cidr.slice(0, slash));
    if (parsed === undefined || parsed.zone !== "") return undefined;
    let prefix = Number(length);
    if (prefix > parsed.bits) return undefined;
    let network = parsed;
    if (parsed.bits === 128 && prefix >= 96 && unwrap(parsed).bits === 32) {
      network = unwrap(parsed);
      prefix -= 96;
    }
    if (network.bits !== this.bits || this.zone !== "") return false;
    const ignored = BigInt(this.bits - prefix);
    return this.value >> ignored === network.value >> ignored;
  }
}

/** Reads an address. Returns undefined for any other text. */
export function readIpAddress(text: string): IpAddress | undefined {
  const parsed = parse(text);
  return parsed && unwrap(parsed);
}

function unwrap(address: IpAddress): IpAddress {
  const mapped = address.bits === 128 && address.value >> 32n === V4_IN_V6 >> 32n;
  return mapped ? new IpAddress(32, address.value & 0xffffffffn, "") : address;
}

function parse(text: string): IpAddress | undefined {
  if (!text.includes(":")) {
    const value = parseV4(text);
    return value === undefined ? undefined : new IpAddress(32, value, "");
  }
  const percent = text.indexOf("%");
  if (percent === text.length - 1) return undefined;
  const zone = percent < 0 ? "" : text.slice(percent + 1);
  const value = parseV6(percent < 0 ? text : text.slice(0, percent));
  return value === undefined ? undefined : new IpAddress(128, value, zone);
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const groups = halves.map((half, i) => groupsOf(half, i === halves.length - 1));
  const [head, tail] = groups;
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array<bigint>(missing).fill(0n), ...(tail ?? [])];
  return all.reduce((value, group) => (value << 16n) | group, 0n);
}

/** Reads a run of 16-bit groups. With `mayEndInV4` the last may be a dotted IPv4 address. */
function groupsOf(text: string, mayEndInV4: boolean): bigint[] | undefined {
  if (text === "") return [];
  const groups: bigint[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    if (mayEndInV4 && i === parts.length - 1 && part.includes(".")) {
      const v4 = parseV4(part);
      if (v4 === undefined) return undefined;
      groups.push(v4 >> 16n, v4 & 0xffffn);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
      groups.push(BigInt(`0x${part}`));
    }
  }
  return groups;
}
