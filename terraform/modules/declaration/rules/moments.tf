# When something happens by the clock: a task, or new bounds of a service.
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
locals {
  cron_numbers = {
    minutes       = "[0-5]?[0-9]"
    hours         = "([01]?[0-9]|2[0-3])"
    days_of_month = "(0?[1-9]|[12][0-9]|3[01])"
    months        = "(0?[1-9]|1[0-2]|(?i:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC))"
    days_of_week  = "([1-7]|(?i:SUN|MON|TUE|WED|THU|FRI|SAT))"
    years         = "(19[7-9][0-9]|20[0-9][0-9]|21[0-9][0-9])"
  }
  cron_items = merge(
    { for field, number in local.cron_numbers : field => "((\\*|${number}(-${number})?)/[1-9][0-9]*|${number}(-${number})?)" if !startswith(field, "days") },
    {
      for number in [local.cron_numbers.days_of_month] : "days_of_month" => "((\\*|${number}(-${number})?)/[1-9][0-9]*|${number}(-${number})?|(?i:LW?|${number}W))"
    },
    { for number in [local.cron_numbers.days_of_week] : "days_of_week" => "(${number}(-${number}|(?i:L)|#[1-5])?|(?i:L))" },
  )
  cron = { for field, item in local.cron_items : field => "(\\*|${item}(,${item})*)" }

  moment = {
    text = join("", [
      "^\"(",
      "cron\\(${local.cron.minutes} ${local.cron.hours} (${local.cron.days_of_month} ${local.cron.months} \\?|\\? ${local.cron.months} ${local.cron.days_of_week}) ${local.cron.years}\\)",
      "|rate\\((1 (minute|hour|day)|([2-9]|[1-9][0-9]+) (minutes|hours|days))\\)",
      "|at\\([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\)",
      ")\"$",
    ])
    allowed = "cron(minutes hours day-of-month month day-of-week year) with one ? for a day, such as cron(0 3 * * ? *), rate(1 hour), rate(2 days) or at(2027-01-01T00:00:00)"
  }
  # Which names there are, only ops knows.
  time_zone = { text = "^\"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*\"$", allowed = "the name of a time zone, such as Asia/Seoul" }

  moments = { for node in local.nodes : "${node.path}.at" => try(tostring(coalesce(jsondecode(node.json).at)), "") if contains(["schedule", "scheduled_bounds"], node.form) }

  moment_relations = [
    for path, moment in local.moments : "${path}: there is no such moment (got ${moment})"
    if can(regex("^at\\([0-9-]{10}T[0-9:]{8}\\)$", moment)) && !can(timeadd("${trimsuffix(trimprefix(moment, "at("), ")")}Z", "0s"))
  ]
}
