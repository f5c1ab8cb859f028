/**
 * Stands outside and outlives the node: $1 = folder, $2 = {@link INIT_SCRIPT}, $3 = '--net' or nothing, for a network
 * of its own, then programs as name=path. On SIGTERM it kills process 1 of the node, and with it the kernel kills all
 * that runs there, shims and containers too; the mounts and networks, which nobody else sees, go with the last of them.
 * What is left are the containers' control groups: a child removes them, so that it does so even when this one is
 * killed for being slow.
 */
export const KEEPER_SCRIPT = `
folder=$1 script=$2 network=$3
shift 3
sweep() {
  for container in $1; do
    for group in /sys/fs/cgroup/k8s.io/"\${container##*/}" /sys/fs/cgroup/*/k8s.io/"\${container##*/}"; do
      turns=0
      # A group is busy for moments after its last process died.
      while [ -d "$group" ] && [ "$turns" -lt 200 ]; do
        find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.05
        turns=$((turns + 1))
      done
    done
  done
  # Not where containers of somebody else are.
  rmdir /sys/fs/cgroup/k8s.io /sys/fs/cgroup/*/k8s.io 2>/dev/null
}
end() {
  trap '' TERM INT HUP
  if [ -s "$folder/init.pid" ]; then kill -KILL "$(cat "$folder/init.pid")"; else kill -KILL "$child"; fi
  # Now, because whoever kills this one removes the folder next.
  sweep "$(echo "$folder"/var/lib/containerd/io.containerd.grpc.v1.cri/*/*; cat "$folder"/control-group 2>/dev/null)" &
}
setpriv --pdeathsig KILL \\
  unshare --mount --propagation private --pid $network --fork --kill-child=KILL \\
  /bin/sh -c "$script" node "$folder" "$@" &
child=$!
trap end TERM INT HUP
wait "$child"
# That ended with the trap; this with the last process.
wait
exit 0
`;

/**
 * Process 1 of the node: $1 = folder, then programs as name=path. The node has a /run and a /var of its own, which
 * lie in the folder, so that all programs can keep to their usual paths and leave nothing on the machine. The folder
 * is /run/lab there, the programs are in /run/bin. LAB_NODE_ADDRESSES: what a network of its own has beside 127.0.0.1.
 */
export const INIT_SCRIPT = `
set -eu
folder=$1
shift
# The old /proc still shows our id as seen from outside.
read -r pid rest < /proc/self/stat
mount -t proc proc /proc
mkdir -p "$folder/run/bin" "$folder/run/lab" "$folder/var/lib" "$folder/var/log" "$folder/var/tmp" "$folder/flags"
ln -s /run "$folder/var/run"
# kubelet would set these for the whole machine, and nobody would set them back: it finds them as it wants them.
for flag in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \\
  kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000
do
  file=$folder/flags/$(echo "\${flag%%=*}" | tr / -)
  echo "\${flag#*=}" > "$file"
  mount --bind "$file" "/proc/sys/\${flag%%=*}"
done
for program in "$@"; do
  : > "$folder/run/bin/\${program%%=*}"
  mount --bind "\${program#*=}" "$folder/run/bin/\${program%%=*}"
done
mount --bind "$folder" "$folder/run/lab"
mount --rbind "$folder/run" /run
mount --rbind /run/lab/var /var
if [ -n "$LAB_NODE_ADDRESSES" ]; then
  ip link set lo up
  for address in $LAB_NODE_ADDRESSES; do ip address add "$address/32" dev lo; done
fi
echo "$pid" > /run/lab/init.part
mv /run/lab/init.part /run/lab/init.pid
# Waiting, it collects the dead that nobody else waits for.
while :; do sleep 3600 & wait; done
`;
