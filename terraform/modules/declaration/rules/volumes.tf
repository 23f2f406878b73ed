locals {
  # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html
  volume_forms = {
    volume = { efs = { form = "file_system", each = "one" } }
    file_system = {
      file_system  = { text = "^\"fs-[0-9a-f]{8,40}\"$", allowed = "the id of a file system, such as fs-0123456789abcdef0", required = true }
      access_point = { text = "^\"fsap-[0-9a-f]{8,40}\"$", allowed = "the id of an access point, such as fsap-0123456789abcdef0" }
      path         = { text = "^\"/", allowed = "a path that begins with /" }
      iam          = local.boolean
    }
  }

  volumes = { for path, workload in local.workloads : path => try(merge(workload.volumes, {}), {}) }
  mounts = flatten([
    for container in local.containers : [
      for folder, mount in try(merge(container.says.mounts, {}), {}) : { workload = container.workload, path = "${container.path}.mounts.${folder}", beside = "${container.path}.mounts.${trimsuffix(folder, "/")}", volume = try(tostring(mount.volume), null) }
    ]
  ])

  volume_relations = concat(
    [
      for mount in local.mounts : "${mount.path}.volume: must be one of the volumes, ${length(local.volumes[mount.workload]) > 0 ? join(", ", keys(local.volumes[mount.workload])) : "of which there are none"} (got ${mount.volume})"
      if try(!contains(keys(local.volumes[mount.workload]), mount.volume), false)
    ],
    [for mount in local.mounts : "${mount.path}: is the same folder as without the / at its end" if mount.path != mount.beside && contains(local.mounts[*].path, mount.beside)],
    flatten([
      for path, volumes in local.volumes : [
        for name in keys(volumes) : "${path}.volumes.${name}: no container mounts it; remove it or mount it" if !contains([for mount in local.mounts : mount.volume if mount.workload == path], name)
      ]
    ]),
    flatten([
      for path, volumes in local.volumes : [
        for name, volume in volumes : "${path}.volumes.${name}.efs: takes access_point or path, not both" if try(volume.efs.access_point != null && volume.efs.path != null, false)
      ]
    ]),
  )
}
