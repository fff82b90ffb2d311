// Settings, read from the environment, checked once and frozen. No other file reads process.env.
import { z } from "zod";
import { emailKeyFault } from "./events/email.ts";
import { isInFolder } from "./file-place.ts";
import { DRIFT_INTERVAL_MS, MAX_STALENESS_MS, POLL_INTERVAL_MS } from "./openfga/openfga-limits.ts";

const port = z.string().regex(/^(?:0|[1-9]\d{0,4})$/, "a port is a whole number from 0 to 65535").transform(Number)
  .refine((n) => n <= 65535, "a port is a whole number from 0 to 65535");
const seconds = (most: number) => z.string().regex(/^\d{1,6}(\.\d{1,3})?$/, "must be a number of seconds, such as 1.5")
  .transform(Number).refine((n) => n > 0 && n <= most, `must be more than 0 and at most ${most} seconds`);
const FRACTION = "must be a fraction from 0 to 1, such as 0.05";
const fraction = z.string().regex(/^(?:0|1|[01]?\.\d{1,6})$/, FRACTION).transform(Number)
  .refine((n) => n <= 1, FRACTION);
const emailKey = z.string().superRefine((text, context) => {
  const message = emailKeyFault(text);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});
/** Returns a setting that lists texts, separated by commas; `fault` returns the fault of one of them. */
const list = (fault: (text: string) => string | undefined) => z.string()
  .transform((text) => text.split(",").map((one) => one.trim()))
  .superRefine((texts, context) => {
    if (new Set(texts).size < texts.length) context.addIssue({ code: "custom", message: "names something twice" });
    for (const text of texts) {
      const message = fault(text);
      if (message !== undefined) context.addIssue({ code: "custom", message });
    }
  });

/** Store names that OpenFGA's API accepts. */
const STORE_NAME = /^[a-zA-Z0-9\s.\-/^_&@]{3,64}$/;
/** A DNS name of letters, digits and hyphens (RFC 1123), without a dot at its end. */
const DNS_NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;
const LINK_RULE = "must be an http:// or https:// address with {id}, such as https://app.example/people/{id}";
/** Settings that only the commands use. */
const CLIENT_SETTINGS: ReadonlySet<string> = new Set(["SIDELINE_URL", "SIDELINE_KEY"]);
const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

const schema = z.object({
  SIDELINE_HOST: z.string().min(1).default("127.0.0.1"),
  SIDELINE_PORT: port.default(8090),
  SIDELINE_DATA: z.string().min(1).default("./data"),
  SIDELINE_STORE_ID: z.string().regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, "a ULID: 26 of 0-9 and A-Z without I, L, O, U")
    .optional(),
  SIDELINE_ACCEPT_LOST_EVENTS: z.string().regex(/^(?:unknown|[1-9]\d{0,14})$/, "the number in the error, or `unknown`")
    .transform((text) => text === "unknown" ? text : Number(text)).optional(),
  SIDELINE_OPENFGA_URL: z.url({ protocol: /^https?$/, error: "must be an http:// or https:// URL" }).optional(),
  SIDELINE_OPENFGA_STORE: z.string().regex(STORE_NAME, "must be 3 to 64 letters, digits, spaces and . - / ^ _ & @")
    .default("sideline"),
  SIDELINE_OPENFGA_TOKEN: z.string().min(1).optional(),
  SIDELINE_REPLACE_MODEL: z.enum(["true", "false"]).optional(),
  /** Former name of SIDELINE_REPLACE_MODEL, from when only OpenFGA had the setting. */
  SIDELINE_OPENFGA_REPLACE_MODEL: z.enum(["true", "false"]).optional(),
  SIDELINE_OPENFGA_WRITE_MODEL: z.enum(["true", "false"]).default("false"),
  SIDELINE_POLL_INTERVAL: seconds(60).default(POLL_INTERVAL_MS / 1000),
  SIDELINE_MAX_STALENESS: seconds(3600).optional(),
  SIDELINE_SHADOW: fraction.default(0),
  SIDELINE_DRIFT_INTERVAL: z.string().regex(/^\d{1,5}$/, "must be a whole number of seconds").transform(Number)
    .refine((n) => n === 0 || (n >= 10 && n <= 86_400), "must be 0 (off), or from 10 to 86400 seconds")
    .default(DRIFT_INTERVAL_MS / 1000),
  SIDELINE_KEYS: z.string().min(1).optional(),
  SIDELINE_EMAIL_KEY: emailKey.optional(),
  SIDELINE_PUBLIC_URL: z.url({ protocol: /^https?$/, error: "an http:// or https:// address" })
    .refine((text) => !/[?#]/.test(text), "an address without a query").transform((text) => text.replace(/\/+$/, ""))
    .optional(),
  SIDELINE_CORS_ORIGINS: list(originFault).optional(),
  SIDELINE_WEBHOOK_ORIGINS: list((text) => DNS_NAME.test(text) ? undefined
    : `${text} is not a DNS name in lower case, such as sender.example.com`).optional(),
  SIDELINE_KEEP_ALIVE: seconds(3600).default(75),
  SIDELINE_CONSOLE: z.enum(["true", "false"]).default("true"),
  SIDELINE_CONSOLE_LINK: z.string().refine(isLinkTemplate, LINK_RULE).optional(),
  SIDELINE_DECISION_LOG: z.string().min(1).optional(),
  SIDELINE_DECISION_LOG_SAMPLE: fraction.default(1),
  SIDELINE_DECISION_LOG_RELATIONS: list((text) => /^[a-z_]+#[a-z_]+$/.test(text) ? undefined
    : `${text} is not a relation such as note#can_read`).optional(),
  SIDELINE_LOG_LEVEL: z.enum(LEVELS).default("info"),
}).superRefine(({ SIDELINE_POLL_INTERVAL: poll, SIDELINE_MAX_STALENESS: stale }, context) => {
  if (stale === undefined || stale >= 2 * poll) return;
  const message = `${stale} seconds is less than twice SIDELINE_POLL_INTERVAL (${poll} seconds): questions would be`
    + " refused between two successful polls of OpenFGA";
  context.addIssue({ code: "custom", path: ["SIDELINE_MAX_STALENESS"], message });
});

/** Settings of the OpenFGA server that Sideline runs on. */
export interface OpenfgaConfig {
  readonly url: string;
  /** Name of the store. */
  readonly store: string;
  readonly token: string | undefined;
  /** Use this build's model even when the store's is newer. */
  readonly replaceModel: boolean;
  /** Keep a second model without rules in the store, used only for Writes: OpenFGA accepts them faster under it. */
  readonly writeModel: boolean;
  /** Milliseconds between two polls of the change feed. */
  readonly pollInterval: number;
  /** How long questions are still answered while OpenFGA is unreachable, in milliseconds. */
  readonly maxStaleness: number;
  /** Fraction (0 to 1) of the checks that are also sent to OpenFGA. */
  readonly shadow: number;
  /** Milliseconds between two comparisons of the whole store with the replica; 0 turns them off. */
  readonly driftInterval: number;
}

/** Settings of the decision log. */
export interface DecisionConfig {
  /** File that takes the lines, or `stdout`. */
  readonly path: string;
  /** Fraction (0 to 1) of the questions that are logged. */
  readonly sample: number;
  /** Relations such as `note#can_read` whose questions are always logged. */
  readonly relations: readonly string[];
}

/** Settings of the server. The README documents each one. */
export interface Config {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Folder of the embedded store, or ":memory:". */
  readonly data: string;
  /** Id of a new embedded store, a ULID; undefined: the same id on every installation. */
  readonly storeId: string | undefined;
  /** Number of acknowledged events the embedded store may lack and still start; only this exact number is accepted. */
  readonly acceptLostEvents: number | "unknown" | undefined;
  /** Use this build's model even when the store's is newer. */
  readonly replaceModel: boolean;
  /** Undefined for the embedded store. */
  readonly openfga: OpenfgaConfig | undefined;
  /** File of API keys. */
  readonly keys: string | undefined;
  /** Key of the email hashes: a text, or `hex:` followed by the bytes. */
  readonly emailKey: string | undefined;
  /** Address by which clients reach the server; undefined: the one it listens on. */
  readonly publicUrl: string | undefined;
  /** Origins of the web pages whose scripts may read answers, such as `https://app.example.com`. */
  readonly corsOrigins: readonly string[];
  /** DNS names of the senders of CloudEvents webhooks that may send events here. */
  readonly webhookOrigins: readonly string[];
  /** How long an idle connection stays open, in milliseconds. */
  readonly keepAlive: number;
  /** Whether there is a console at `/ui`. */
  readonly console: boolean;
  /** The console's link to a thing in the app, with `{id}` and perhaps `{type}`. */
  readonly consoleLink: string | undefined;
  /** Whether the OTEL_ variables ask for traces of requests. */
  readonly traces: boolean;
  /** Log of answered questions; undefined: none. */
  readonly decisions: DecisionConfig | undefined;
  readonly logLevel: (typeof LEVELS)[number];
}

/** An invalid setting. The message names the variable and the fault. */
export class ConfigError extends Error {}

/** Reads the settings. Throws a ConfigError that names every invalid variable, including unknown SIDELINE_ ones. */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = Object.entries(environment).filter(([name, text]) => name.startsWith("SIDELINE_") && text !== "");
  // An empty setting counts as unset, but a server that was meant to have API keys must not start without them.
  const noKeys = environment["SIDELINE_KEYS"] !== "" ? []
    : ["SIDELINE_KEYS: is empty; name a key file, or unset it to run without API keys"];
  const unknown = given.map(([name]) => name)
    .filter((name) => !(name in schema.shape) && !CLIENT_SETTINGS.has(name) && !name.startsWith("SIDELINE_TEST_"));
  const parsed = schema.safeParse(Object.fromEntries(given));
  const faults = [
    ...noKeys,
    ...unknown.map((name) => `${name}: is not a setting of Sideline`),
    ...(parsed.error?.issues ?? []).map((issue) => `${issue.path.join(".")}: ${issue.message}`),
  ];
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults.join("; "));
  const env = parsed.data;
  const { SIDELINE_OPENFGA_URL: url, SIDELINE_OPENFGA_STORE: store, SIDELINE_OPENFGA_TOKEN: token } = env;
  const replaceModel = (env.SIDELINE_REPLACE_MODEL ?? env.SIDELINE_OPENFGA_REPLACE_MODEL) === "true";
  const config: Config = {
    host: env.SIDELINE_HOST, port: env.SIDELINE_PORT, data: env.SIDELINE_DATA, storeId: env.SIDELINE_STORE_ID,
    replaceModel,
    acceptLostEvents: env.SIDELINE_ACCEPT_LOST_EVENTS,
    openfga: url === undefined ? undefined : {
      url, store, token, replaceModel,
      writeModel: env.SIDELINE_OPENFGA_WRITE_MODEL === "true",
      pollInterval: env.SIDELINE_POLL_INTERVAL * 1000,
      maxStaleness: env.SIDELINE_MAX_STALENESS === undefined
        ? Math.max(MAX_STALENESS_MS, 2000 * env.SIDELINE_POLL_INTERVAL) : env.SIDELINE_MAX_STALENESS * 1000,
      shadow: env.SIDELINE_SHADOW, driftInterval: env.SIDELINE_DRIFT_INTERVAL * 1000,
    },
    keys: env.SIDELINE_KEYS, emailKey: env.SIDELINE_EMAIL_KEY,
    publicUrl: env.SIDELINE_PUBLIC_URL, corsOrigins: env.SIDELINE_CORS_ORIGINS ?? [],
    webhookOrigins: env.SIDELINE_WEBHOOK_ORIGINS ?? [], keepAlive: env.SIDELINE_KEEP_ALIVE * 1000,
    console: env.SIDELINE_CONSOLE === "true", consoleLink: env.SIDELINE_CONSOLE_LINK,
    decisions: env.SIDELINE_DECISION_LOG === undefined ? undefined : {
      path: env.SIDELINE_DECISION_LOG, sample: env.SIDELINE_DECISION_LOG_SAMPLE,
      relations: env.SIDELINE_DECISION_LOG_RELATIONS ?? [],
    },
    traces: tracesOf(environment), logLevel: env.SIDELINE_LOG_LEVEL,
  };
  if (config.keys === undefined && !isLoopback(config.host)) {
    const fault = `without SIDELINE_KEYS the server listens on a loopback address only, not on ${config.host}`;
    throw new ConfigError(`SIDELINE_HOST: ${fault}`);
  }
  const foreign = config.keys === undefined ? config.corsOrigins.find((origin) => !isLoopbackPage(origin)) : undefined;
  if (foreign !== undefined) {
    const fault = `without SIDELINE_KEYS only pages of this machine are answered, and ${foreign} is not one`;
    throw new ConfigError(`SIDELINE_CORS_ORIGINS: ${fault}`);
  }
  checkDecisionLog(config);
  return Object.freeze(config);
}

/** Throws a ConfigError if the decision log lies in the folder of the embedded store: its lines could damage it. */
function checkDecisionLog({ decisions, data, openfga }: Config): void {
  const isFile = decisions !== undefined && decisions.path !== "stdout";
  if (!isFile || openfga !== undefined || data === ":memory:" || !isInFolder(decisions.path, data)) return;
  throw new ConfigError(`SIDELINE_DECISION_LOG: ${decisions.path} is in the folder of the store: name another folder`);
}

/**
 * Returns whether OpenTelemetry's variables ask for traces. Throws a ConfigError if they ask for a form of them that
 * cannot be sent. https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
function tracesOf(environment: Readonly<Record<string, string | undefined>>): boolean {
  const given = (name: string): string => environment[name]?.trim() ?? "";
  const exporter = given("OTEL_TRACES_EXPORTER");
  const hasEndpoint = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]
    .some((name) => given(name) !== "");
  const isAsked = exporter === "" ? hasEndpoint : exporter !== "none";
  if (!isAsked || given("OTEL_SDK_DISABLED").toLowerCase() === "true") return false;
  if (exporter !== "" && exporter !== "otlp") {
    throw new ConfigError(`OTEL_TRACES_EXPORTER: must be otlp or none, not ${exporter}`);
  }
  const name = given("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") === "" ? "OTEL_EXPORTER_OTLP_PROTOCOL"
    : "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL";
  const protocol = given(name);
  if (protocol === "" || protocol === "http/json") return true;
  throw new ConfigError(`${name}: traces are sent as http/json only, not as ${protocol}`);
}

/** Settings with which the commands reach a running server. */
export interface ClientConfig {
  readonly url: string;
  /** API key. */
  readonly key: string | undefined;
}

/** Address of the server where neither SIDELINE_URL nor an option names one. */
export const DEFAULT_SERVER_URL = "http://127.0.0.1:8090";

/** Reads the settings of the commands. A server ignores them if they are in its environment. */
export function readClientConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ClientConfig {
  const { SIDELINE_URL: url, SIDELINE_KEY: key } = environment;
  return { url: url === undefined || url === "" ? DEFAULT_SERVER_URL : url, key: key === "" ? undefined : key };
}

/**
 * Returns the fault of an origin that browsers would not send like this: `*`, `null`, a path, upper case, or the port
 * that its scheme has by default.
 */
function originFault(text: string): string | undefined {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol) || text.includes("*")) {
    return `${text} is not an origin such as https://app.example.com`;
  }
  return parsed.origin === text ? undefined : `write ${text} as browsers send it: ${parsed.origin}`;
}

/** Returns true for an address with `{id}`, and no other braces but `{type}`, in its path, query or fragment. */
function isLinkTemplate(text: string): boolean {
  const filled = text.replaceAll("{id}", "x").replaceAll("{type}", "x");
  const isWhole = /^https?:\/\/[^/?#{}]+[/?#]/.test(text) && text.includes("{id}");
  return isWhole && !/[{}\s]/.test(filled) && URL.canParse(filled);
}

/** Returns true for an address of the loopback interface. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Returns true for the origin of a page that this machine serves. */
function isLoopbackPage(origin: string): boolean {
  return isLoopback(new URL(origin).hostname.replace(/^\[|\]$/g, ""));
}
