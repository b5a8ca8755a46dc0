using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Audrey.Protocol.Authentication;

namespace Audrey.Demo;

/// <summary>A guest of protocol version 2, as it talks over HTTP.</summary>
internal sealed class Guest(Uri endpoint, string uuid, string secret) : IDisposable
{
    private readonly SignedHttp _http = new(endpoint, new OAuthSigner(uuid, secret, TimeProvider.System));
    private readonly Dictionary<string, string> _environment = [];
    private bool _failed;
    private bool _ran;

    /// <summary>Whether its services ran and ended with 0.</summary>
    public bool Succeeded => _ran && !_failed;

    /// <summary>Asks for the configuration of all services and shows the answer.</summary>
    public async Task AskAsync()
    {
        var path = $"/configs/2/{uuid}";
        var (status, body) = await _http.GetAsync(path);
        Console.WriteLine($"  {uuid}  GET {path}  ->  {status}\n      {Readable(body)}\n");
        if (status == 200) Read(body);
    }

    /// <summary>Gives values and shows what is still missing.</summary>
    public async Task GiveAsync(params (string Name, string Value)[] values)
    {
        var data = "|" + string.Concat(values.Select(value => $"{value.Name}&{Base64(value.Value)}|"));
        var path = $"/params/2/{uuid}";
        var (status, body) = await _http.PutAsync(path, data);
        Console.WriteLine($"  {uuid}  PUT {path}  {string.Join(", ", values.Select(value => $"{value.Name}={value.Value}"))}  ->  {status} {body}\n");
    }

    /// <summary>Fetches the tarball, runs the service's executable with its parameters and reports how it ended.</summary>
    public async Task RunAsync(string service)
    {
        var directory = Directory.CreateTempSubdirectory("audrey-demo-guest-").FullName;
        try
        {
            var tarball = await _http.DownloadAsync($"/files/2/{uuid}");
            var start = await ExtractAsync(tarball, $"{service}/start", directory);
            var run = new ProcessStartInfo("/bin/sh", [start]) { RedirectStandardOutput = true, WorkingDirectory = directory };
            foreach (var (name, value) in _environment) run.Environment[name] = value;
            using var process = Process.Start(run)!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            (_ran, _failed) = (true, _failed || process.ExitCode != 0);

            var path = $"/params/2/{uuid}";
            var (status, _) = await _http.PutAsync(path, $"||{service}&{Base64(process.ExitCode.ToString(System.Globalization.CultureInfo.InvariantCulture))}|");
            Console.WriteLine($"  {uuid}  runs {service}/start: {output.TrimEnd()}\n  {uuid}  PUT {path}  {service} ended with {process.ExitCode}  ->  {status}\n");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    public void Dispose() => _http.Dispose();

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static async Task<string> ExtractAsync(byte[] tarball, string name, string directory)
    {
        await using var reader = new TarReader(new GZipStream(new MemoryStream(tarball), CompressionMode.Decompress));
        while (await reader.GetNextEntryAsync() is { } entry)
        {
            if (entry.Name != name || entry.DataStream is null) continue;
            var file = Path.Combine(directory, "start");
            await using var target = File.Create(file);
            await entry.DataStream.CopyToAsync(target);
            return file;
        }

        throw new InvalidDataException($"The tarball has no {name}");
    }

    // |service|NAME|parameters|name&BASE64|...
    private void Read(string configuration)
    {
        var (service, parts) = ("", configuration.Split('|', StringSplitOptions.RemoveEmptyEntries));
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] == "service") service = parts[++i];
            else if (parts[i].Split('&') is [var name, var value])
                _environment[$"AUDREY_VAR_{service}_{name}"] = Encoding.UTF8.GetString(Convert.FromBase64String(value));
        }
    }

    private static string Readable(string configuration) => string.Join('|', configuration.Split('|').Select(part =>
        part.Split('&') is not [var name, var value] ? part
        : value.Length == 0 ? name + "=?"
        : $"{name}={Encoding.UTF8.GetString(Convert.FromBase64String(value))}"));
}
