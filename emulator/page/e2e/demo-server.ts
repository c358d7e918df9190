import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Serves a site as `./uasync demo` does, with the programs of a folder, or with other arguments of demo_server.py. */
export async function serveDemo(site: string, ...more: string[]): Promise<{ server: ChildProcess; address: string }> {
  const script = fileURLToPath(new URL('demo_server.py', import.meta.url));
  const server = spawn('python3', [script, site, ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [address] = (await once(createInterface(server.stdout), 'line')) as [string];
  return { server, address };
}
