namespace Audrey.Server.Startup;

/// <summary>Stops the server together with the program that started it, also if that program is killed.</summary>
internal static class EndOfInput
{
    /// <summary>The option of the command line.</summary>
    public const string Option = "--stop-at-end-of-input";

    /// <summary>Stops the server when its standard input ends. What arrives before the end is ignored.</summary>
    public static void StopAtEndOfInput(this WebApplication server) => _ = Task.Run(async () =>
    {
        await using var input = Console.OpenStandardInput();
        await input.CopyToAsync(Stream.Null);
        server.Lifetime.StopApplication();
    });
}
