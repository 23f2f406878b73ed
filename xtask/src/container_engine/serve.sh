# The engine's own world, from its first process on: a mount namespace in which the folders that podman and runc insist
# on are private ones, and a process namespace that ends with this script, containers and all.
#
# Arguments: the engine's folder. Environment: podman's. Standard input: open as long as the engine is wanted.
set -eu
folder=$1

# What podman keeps for one boot of a machine lives as long as this namespace.
mkdir -p "$folder/run" "$folder/var"
mount -t tmpfs tmpfs "$folder/run"
for name in containers netns runc; do
    mkdir -p "$folder/run/$name" "/run/$name"
    mount --bind "$folder/run/$name" "/run/$name"
done
mkdir -p /var/lib/containers
mount --bind "$folder/var" /var/lib/containers

exec 3<&0
podman system service --time=0 "unix://$folder/podman.sock" 3<&- &
service=$!
{
    read -r _ <&3 || true
    kill "$service"
} &
exec 3<&-
wait "$service"
