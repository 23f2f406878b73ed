# What an environment was made with before tasks had the same.
moved {
  from = module.service_base
  to   = module.workload_base
}
