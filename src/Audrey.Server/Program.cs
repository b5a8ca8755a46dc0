using Audrey.Server;
using Audrey.Server.Secrets;
using Audrey.Server.Startup;

if (CommandLine.Answer(args) is { } answer)
{
    Console.Out.WriteLine(answer);
    return 0;
}

return await StartFailures.ReportAsync(async () =>
{
    await using var server = AudreyServer.Build([.. args.Except([KeyRotation.Option, EndOfInput.Option])]);
    if (args.Contains(KeyRotation.Option))
    {
        Console.Out.WriteLine(await KeyRotation.RunAsync(server.Services, CancellationToken.None));
        return;
    }

    await server.StartOrStopAsync();
    Console.Out.WriteLine(StartLine.Format(server));
    if (args.Contains(EndOfInput.Option)) server.StopAtEndOfInput();
    await server.NotifyReadyAsync();
    await server.WaitForShutdownAsync();
});
