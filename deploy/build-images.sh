#!/usr/bin/env bash
# Builds an image of every service (each folder of src with a module) into the local Docker engine: marketing-platform/FOLDER:VERSION,
# the folder in lower case.
# With ARCHIVES=DIR it needs no Docker and writes DIR/FOLDER.tar.gz, for 'docker load'.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
version=${1:-latest}
export AspireAvailable=false DOTNET_NOLOGO=1

for module in "$root"/src/*/*Module.cs; do
  folder=$(dirname "$module")
  name=$(basename "$folder" | tr '[:upper:]' '[:lower:]')
  echo "marketing-platform/$name:$version"
  archive=()
  if [[ -n ${ARCHIVES:-} ]]; then
    archive=("-p:ContainerArchiveOutputPath=$ARCHIVES/$name.tar.gz")
  fi
  dotnet publish "$folder" -c Release -v quiet /t:PublishContainer \
    -p:ContainerRepository="marketing-platform/$name" -p:ContainerImageTag="$version" "${archive[@]}"
done
