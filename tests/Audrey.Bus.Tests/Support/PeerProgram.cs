using System.Diagnostics;
using System.Text.Json;

namespace Audrey.Bus.Tests.Support;

/// <summary>A program that answers each line of its input with a line of JSON. It is ended with the test.</summary>
internal sealed class PeerProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private PeerProgram(Process process) => (_process, _errors) = (process, process.StandardError.ReadToEndAsync());

    /// <summary>Starts a script beside the tests, and waits until it is ready.</summary>
    public static async Task<PeerProgram> StartAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["NODE_PATH"] = Path.Combine(Folder, "../obj/peers/node_modules");
        var peer = new PeerProgram(Process.Start(start)!);
        await peer.ReadAsync();
        return peer;
    }

    /// <summary>Starts a script of python3-qpid-proton.</summary>
    public static Task<PeerProgram> PythonAsync(params string[] arguments) => StartAsync("/usr/bin/python3", arguments);

    public void Write(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    public async Task<JsonElement> AskAsync(params object[] command)
    {
        Write(JsonSerializer.Serialize(command));
        return JsonDocument.Parse(await ReadAsync()).RootElement;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync(Limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static string Folder { get; } = FindFolder();

    private async Task<string> ReadAsync()
    {
        try
        {
            if (await _process.StandardOutput.ReadLineAsync(Limit.Token) is { } line) return line;
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        throw new InvalidOperationException("The peer did not answer: " + await _errors);
    }

    private static string FindFolder()
    {
        var folder = AppContext.BaseDirectory;
        while (!Directory.Exists(Path.Combine(folder, "Peers"))) folder = Path.GetDirectoryName(folder)!;
        return Path.Combine(folder, "Peers");
    }
}
