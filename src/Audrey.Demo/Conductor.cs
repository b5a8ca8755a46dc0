using Audrey.Protocol.Authentication;

namespace Audrey.Demo;

/// <summary>A conductor, as it talks over HTTP.</summary>
internal sealed class Conductor(Uri endpoint, string key, string secret) : IDisposable
{
    private readonly SignedHttp _http = new(endpoint, new OAuthSigner(key, secret, TimeProvider.System));

    /// <summary>Registers an instance from a file.</summary>
    public async Task RegisterAsync(string uuid, string file)
    {
        var document = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, file));
        var path = $"/configs/2/{uuid}";
        var (status, body) = await _http.SendFormAsync(HttpMethod.Post, path, "data", document);
        Console.WriteLine($"  conductor  POST {path}  {file}  ->  {status} {body}");
        if (status != 200) throw new InvalidOperationException($"{file} was refused");
        Console.WriteLine();
    }

    /// <summary>The report on a deployable.</summary>
    public async Task<string> ReportAsync(string deployable)
    {
        var (status, body) = await _http.GetAsync($"/reports/2/deployment/{deployable}");
        return status == 200 ? body : throw new InvalidOperationException($"The report was answered {status}");
    }

    public void Dispose() => _http.Dispose();
}
