// Services that are hardly ever meant for everybody on the internet, as people would write them in a policy.
import type { Slots } from '../core/space/slots.ts';
import { serviceForm, unionOfSlots } from './service.ts';

/** Services of one kind, and what the kind is called in a sentence. */
export interface SensitiveKind {
  readonly called: string;
  /** In the policy language. */
  readonly services: readonly string[];
}

/** Remote control of machines: shells, desktops, and the doors of what runs containers. */
const ADMINISTRATION: SensitiveKind = {
  called: 'administration',
  // ssh, telnet, rdp, winrm, vnc, docker, kubelet
  services: ['tcp/22', 'tcp/23', 'tcp+udp/3389', 'tcp/5985-5986', 'tcp/5900-5903', 'tcp/2375-2376', 'tcp/10250'],
};

const DATABASES: SensitiveKind = {
  called: 'databases',
  // mssql, oracle, mysql, postgres, redshift, redis, cassandra, elasticsearch, memcached, mongodb
  services: [
    'tcp/1433',
    'udp/1434',
    'tcp/1521',
    'tcp/3306',
    'tcp/5432',
    'tcp/5439',
    'tcp/6379',
    'tcp/9042',
    'tcp/9200',
    'tcp/9300',
    'tcp+udp/11211',
    'tcp/27017-27019',
  ],
};

const FILES: SensitiveKind = {
  called: 'file sharing',
  // ftp, netbios and smb, rsync, nfs
  services: ['tcp/20-21', 'tcp/135', 'udp/137-138', 'tcp/139', 'tcp/445', 'tcp/873', 'tcp+udp/2049'],
};

export const SENSITIVE: readonly SensitiveKind[] = [ADMINISTRATION, DATABASES, FILES];

/** What some texts in the policy language mean together. For texts of this program: one that means nothing is a mistake. */
export function slotsOfServices(services: readonly string[]): Slots {
  return unionOfSlots(
    services.map((text) => {
      const form = serviceForm(text);
      if (form?.kind !== 'meaning') throw new Error(`\`${text}\` is no service`);
      return form.value;
    }),
  );
}
