using Audrey.Demo;

// One deployable of two instances whose configurations need each other, from registration to the report:
// a real server is started, a conductor registers both instances, and both guests are played over HTTP.
await using var server = await EmbeddedServer.StartAsync();
Console.WriteLine($"The server listens on {server.Endpoint}; its data is in {server.DataDirectory}\n");

using var conductor = new Conductor(server.Endpoint, server.ConductorKey, server.ConductorSecret);
await conductor.RegisterAsync("mysql-0001", "documents/mysql.xml");
await conductor.RegisterAsync("apache-0001", "documents/apache.xml");

using var mysql = new Guest(server.Endpoint, "mysql-0001", "the-secret-of-mysql");
using var apache = new Guest(server.Endpoint, "apache-0001", "the-secret-of-apache");

Console.WriteLine("Both guests boot and ask, before either has given anything:");
await mysql.AskAsync();
await apache.AskAsync();

Console.WriteLine("Both give what they know:");
await mysql.GiveAsync(("ipaddress", "10.0.0.5"), ("port", "3306"));
await apache.GiveAsync(("ipaddress", "10.0.0.6"));

Console.WriteLine("mysql has all it waits for; apache still waits for the end of mysql's service:");
await mysql.AskAsync();
await apache.AskAsync();

Console.WriteLine("mysql runs its service and reports how it ended, which completes apache:");
await mysql.RunAsync("database");
await apache.AskAsync();
await apache.RunAsync("http");

Console.WriteLine("The conductor's report:");
Console.WriteLine(await conductor.ReportAsync("wordpress-demo"));
return mysql.Succeeded && apache.Succeeded ? 0 : 1;
