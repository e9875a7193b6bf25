#!/bin/sh
# Installs Debian packages without starting the services that come with them. One at a time, also among processes.
set -eu
export DEBIAN_FRONTEND=noninteractive
[ "${MAGASIN_LOCKED:-}" ] || MAGASIN_LOCKED=yes exec flock /tmp/magasin-apt-install.lock "$0" "$@"

# Debian asks this program before it starts a service; where there is none, it starts them all.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
fi
apt-get -qq update
apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"
