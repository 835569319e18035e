// What Patroni, etcd and HAProxy are told: three PostgreSQL on loopback, one primary, its commits confirmed by a standby.
export type Node = { name: string; postgres: number; rest: number; folder: string }

export type ClusterPlan = {
  folder: string
  nodes: readonly Node[]
  etcd: { client: number; peer: number }
  proxy: number
  password: string
  isSynchronous: boolean
  /** Where the programs of PostgreSQL are. */
  binaries: string
}

/** The shortest that Patroni takes (Patroni 3.0, dynamic configuration: ttl at least 20; loop_wait + 2 × retry_timeout at most ttl). */
const timing = { ttl: 20, loop_wait: 5, retry_timeout: 5 }

/** YAML is a superset of JSON (YAML 1.2.2, 1.2), so that nothing has to be quoted by hand. */
export const patroniConfig = (plan: ClusterPlan, node: Node): string =>
  JSON.stringify(
    {
      scope: 'lephi',
      name: node.name,
      restapi: { listen: `127.0.0.1:${node.rest}`, connect_address: `127.0.0.1:${node.rest}` },
      etcd3: { hosts: [`127.0.0.1:${plan.etcd.client}`] },
      bootstrap: {
        dcs: {
          ...timing,
          maximum_lag_on_failover: 1_048_576,
          // A primary that fails is not waited for: another one takes over.
          primary_start_timeout: 0,
          synchronous_mode: plan.isSynchronous,
          // Without a standby nothing is confirmed at all.
          synchronous_mode_strict: plan.isSynchronous,
          postgresql: {
            use_slots: true,
            parameters: { max_connections: 100, wal_keep_size: '256MB', timezone: 'UTC', jit: 'off' },
          },
        },
        initdb: [{ encoding: 'UTF8' }, { locale: 'C' }, 'data-checksums'],
        pg_hba: ['host all all 127.0.0.1/32 scram-sha-256', 'host replication replicator 127.0.0.1/32 scram-sha-256'],
      },
      postgresql: {
        listen: `127.0.0.1:${node.postgres}`,
        connect_address: `127.0.0.1:${node.postgres}`,
        data_dir: `${node.folder}/data`,
        bin_dir: plan.binaries,
        pgpass: `${node.folder}/pgpass`,
        basebackup: [{ checkpoint: 'fast' }],
        authentication: {
          superuser: { username: 'lephi', password: plan.password },
          replication: { username: 'replicator', password: plan.password },
        },
        parameters: { unix_socket_directories: '' },
      },
    },
    null,
    2,
  )

export const etcdArguments = ({ folder, etcd }: ClusterPlan): string[] => {
  const [client, peer] = [`http://127.0.0.1:${etcd.client}`, `http://127.0.0.1:${etcd.peer}`]
  return [
    ...['--name', 'e1', '--data-dir', `${folder}/etcd`],
    ...['--listen-client-urls', client, '--advertise-client-urls', client],
    ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `e1=${peer}`],
  ]
}

/** Only the primary is up: Patroni answers 200 there (Patroni 3.0, REST API). Whoever is connected to one that is not any more is cut off (HAProxy 2.6, on-marked-down). */
export const haproxyConfig = ({ nodes, proxy }: ClusterPlan): string => `global
  maxconn 400
defaults
  mode tcp
  timeout connect 2s
  timeout check 2s
  timeout client 30m
  timeout server 30m
listen primary
  bind 127.0.0.1:${proxy}
  option httpchk OPTIONS /primary
  http-check expect status 200
  default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
${nodes.map(({ name, postgres, rest }) => `  server ${name} 127.0.0.1:${postgres} check port ${rest}`).join('\n')}
`
