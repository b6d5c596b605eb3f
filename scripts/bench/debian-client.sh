#!/bin/sh
# Puts another Debian release's PostgreSQL client into a folder, beside this machine's own, for `npm run bench -- --client`:
#   sh scripts/bench/debian-client.sh /opt/debian-13 trixie 17 && npm run bench -- --client /opt/debian-13/client
# Needs root and debootstrap (apt-get install debootstrap). The programs run on the release's own libraries.
set -eu
folder=${1:?folder}
release=${2:-trixie}
major=${3:-17}
[ -x "$folder/usr/bin/dpkg" ] ||
  debootstrap --variant=minbase --include="postgresql-client-$major" "$release" "$folder"
loader=$(find "$folder/lib64/" "$folder/lib/" -name 'ld-linux*.so.*' | head -n 1)
libraries=$(find "$folder/usr/lib" -maxdepth 1 -type d -name '*-linux-gnu*' | head -n 1)
mkdir -p "$folder/client"
for program in pg_dump pg_restore; do
  cat > "$folder/client/$program" <<SCRIPT
#!/bin/sh
exec "$loader" --library-path "$libraries" "$folder/usr/lib/postgresql/$major/bin/$program" "\$@"
SCRIPT
  chmod 755 "$folder/client/$program"
  "$folder/client/$program" --version
done
