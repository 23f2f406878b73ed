output "vpc_id" {
  description = "Id of the virtual private cloud."
  value       = aws_vpc.this.id
}

output "public_subnet_ids" {
  description = "Ids of the subnets with a route to the internet gateway, in the order of the zones' names. Known only when that route exists."
  value       = [for zone in sort(var.zones) : aws_subnet.public[zone].id]
  depends_on  = [aws_route.internet, aws_route_table_association.public]
}

output "private_subnet_ids" {
  description = "Ids of the subnets without one, in the order of the zones' names. Known only when their routes and endpoints exist."
  value       = [for zone in sort(var.zones) : aws_subnet.private[zone].id]
  depends_on  = [aws_route.gateway, aws_route_table_association.private, aws_vpc_endpoint.interface, aws_vpc_endpoint.s3]
}

output "data_subnet_ids" {
  description = "Ids of the subnets from which nothing but S3 is reached outside the network, in the order of the zones' names. Known only when their routes exist."
  value       = [for zone in sort(var.zones) : aws_subnet.data[zone].id]
  depends_on  = [aws_route_table_association.data, aws_vpc_endpoint.s3]
}
