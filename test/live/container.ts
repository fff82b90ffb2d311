// Runs the pinned OpenFGA image in a Docker container, by testcontainers.
import { PATIENCE_MS } from "./patience.ts";
import { pinnedVersion } from "./pins.ts";

/** A running container: the address of its HTTP API, its log so far, and how to stop it. */
export interface RunningContainer {
  readonly url: string;
  logs(): string;
  stop(): Promise<void>;
}

/** Port of OpenFGA's HTTP API inside the container. */
const HTTP_PORT = 8080;

/** Starts `openfga <args>` in a fresh container and waits until it serves. Throws if Docker cannot do it. */
export async function runContainer(args: readonly string[]): Promise<RunningContainer> {
  const { GenericContainer, Wait } = await import("testcontainers");
  let said = "";
  const container = await new GenericContainer(`openfga/openfga:v${pinnedVersion("openfga")}`)
    .withCommand([...args])
    .withExposedPorts(HTTP_PORT)
    .withLogConsumer((stream) => void stream.on("data", (chunk: Buffer) => (said += chunk.toString())))
    .withWaitStrategy(Wait.forHttp("/healthz", HTTP_PORT).forStatusCode(200))
    .withStartupTimeout(PATIENCE_MS)
    .start();
  return {
    url: `http://${container.getHost()}:${container.getMappedPort(HTTP_PORT)}`,
    logs: () => said,
    stop: async () => void (await container.stop()),
  };
}
