import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveApi } from "./api.ts";
import { type Cast, defaultCast } from "./cast.ts";
import { makeCertificates } from "./certificate.ts";
import { ContainerCredentials } from "./container.ts";
import { serveControl } from "./control.ts";
import { Controls } from "./controls.ts";
import { hostNames, placeOf } from "./hosts.ts";
import { type Handler, type ListenAt, type Listener, listen } from "./http.ts";
import { Imds } from "./imds.ts";
import { startProxy } from "./proxy.ts";
import { RegistryFront } from "./registry.ts";
import { type Settings, World } from "./world.ts";

/** All are optional and, except `now`, valid JSON. */
export interface StandInOptions {
  /** Parts of the cast that replace those of the default one. */
  readonly cast?: Partial<Cast>;
  readonly settings?: Partial<Settings>;
  /** Regions whose host names the certificate covers. */
  readonly regions?: readonly string[];
  /** Aliases of registries: a name to ECR's own name, as in a company's DNS. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** The base URL (http) of the upstream registry; absent: ECR's registries are empty. */
  readonly upstream?: string;
  /** The "user:password" that the proxy requires; absent: none. */
  readonly proxyLogin?: string;
  /** The region in IMDS; default us-east-1. */
  readonly instanceRegion?: string;
  readonly listen?: Partial<Readonly<Record<ListenerName, ListenAt>>>;
  /** Milliseconds since the epoch; default the machine's clock. */
  readonly now?: () => number;
}

/** "tls" and "plain" serve the APIs and the registries. */
export type ListenerName = "tls" | "plain" | "imds" | "container" | "proxy" | "control";

/** The addresses of a running stand-in, as valid JSON. */
export interface Whereabouts {
  /** Base URLs, without a trailing slash. */
  readonly urls: Readonly<Record<ListenerName, string>>;
  /** The authority that signed the server's certificate, PEM. */
  readonly caFile: string;
}

export interface StandIn extends Whereabouts {
  /** The authority itself, for a client's `tls: { ca }`. */
  readonly ca: string;
  readonly controls: Controls;
  stop(): Promise<void>;
}

const defaultRegions = [
  "us-east-1",
  "us-east-2",
  "us-west-2",
  "eu-west-1",
  "eu-central-1",
  "ap-southeast-2",
  "cn-north-1",
  "us-gov-west-1",
];

/** Starts a stand-in AWS on this machine's loopback. */
export async function startAws(options: StandInOptions = {}): Promise<StandIn> {
  const { now = Date.now, regions = defaultRegions, aliases = {}, listen: at = {} } = options;
  const world = new World({ ...defaultCast, ...options.cast }, options.settings ?? {}, now);
  const controls = new Controls(world);
  const addresses = Object.values(at).flatMap(({ address = [] }) => address);
  const names = ["127.0.0.1", "localhost", ...addresses, ...Object.keys(aliases), ...hostNames(regions)];
  const certificates = makeCertificates(names, Date.now());
  // mkdtemp creates it with mode 0700.
  const folder = mkdtempSync(join(tmpdir(), "stand-in-aws-"));
  const caFile = join(folder, "ca.pem");
  writeFileSync(caFile, certificates.ca, { mode: 0o600 });

  const listeners: Listener[] = [];
  const stop = async () => {
    await Promise.all(listeners.map((listener) => listener.close()));
    rmSync(folder, { recursive: true, force: true });
  };
  const keep = (listener: Listener): Listener => {
    listeners.push(listener);
    return listener;
  };
  try {
    const front = frontDoor(world, options);
    const imds = new Imds(world, options.instanceRegion ?? "us-east-1");
    const container = new ContainerCredentials(world);
    const tls = keep(await listen(front, at.tls, certificates));
    const serves = (host: string) => host in aliases || placeOf(host) !== undefined;
    const proxy = {
      tlsAddress: at.tls?.address ?? "127.0.0.1",
      tlsPort: tls.port,
      serves,
      login: options.proxyLogin,
    };
    const urls = {
      tls: tls.url,
      plain: keep(await listen(front, at.plain)).url,
      imds: keep(await listen(imds.serve.bind(imds), at.imds)).url,
      container: keep(await listen(container.serve.bind(container), at.container)).url,
      proxy: keep(await startProxy(world, proxy, at.proxy)).url,
      control: keep(await listen(serveControl.bind(undefined, controls), at.control)).url,
    };
    return { urls, caFile, ca: certificates.ca, controls, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Sends each request to the registry or the API that its Host header names. */
function frontDoor(world: World, { aliases = {}, upstream }: StandInOptions): Handler {
  const registry = new RegistryFront(world, upstream);
  return (request, response) => {
    const host = request.headers.host ?? "";
    const place = placeOf(aliases[host.replace(/:\d+$/, "")] ?? host);
    const isRegistry = place?.service === "registry" || place?.service === "public-registry";
    return isRegistry ? registry.serve(place, request, response) : serveApi(world, request, response);
  };
}
