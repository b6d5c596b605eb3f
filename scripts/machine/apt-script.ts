/**
 * What apt-get is run by: a POSIX shell script for root, with the packages as its arguments.
 *
 * Two things Debian's packages would do unasked are held off: starting their services, by a policy that lets everything pass
 * again once this shell is gone, however it went; and making a default PostgreSQL cluster on port 5432. A signal ends a
 * download at once, but lets dpkg finish what it has begun: half an installation would be the machine's trouble for good.
 *
 * @param system the folder that stands for `/`
 */
export const aptScript = (system = ''): string => `
set -e
policy=${system}/usr/sbin/policy-rc.d
holder=$(sed -n 's/^grep -qs policy-rc.d .proc.\\([0-9]*\\).cmdline && exit 101$/\\1/p' "$policy" 2>/dev/null || true)
if [ ! -e "$policy" ] || { [ -n "$holder" ] && ! grep -qs policy-rc.d "/proc/$holder/cmdline"; }; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\\ngrep -qs policy-rc.d /proc/%s/cmdline && exit 101\\nexit 0\\n' "$$" > "$policy"
  chmod 755 "$policy"
fi
case " $* " in *" postgresql "*)
  mkdir -p ${system}/etc/postgresql-common/createcluster.d
  echo 'create_main_cluster = false' > ${system}/etc/postgresql-common/createcluster.d/pg-export.conf;;
esac
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
endable() { "$@" & child=$!; wait "$child"; }
child=
trap '[ -z "$child" ] || { kill "$child" && wait "$child"; } 2>/dev/null; exit 143' TERM INT HUP
endable apt-get update
endable apt-get install -y --no-install-recommends --download-only "$@"
trap 'stopped=yes' TERM INT HUP
apt-get install -y --no-install-recommends "$@"
[ -z "$stopped" ] || exit 143
`;
