using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace Audrey.Protocol.Tests.Authentication.Oracles;

/// <summary>A request to sign or to verify, in the format of the oracle scripts.</summary>
public sealed record OracleCase(
    string Do,
    string Method,
    string Scheme,
    string Host,
    string Path,
    string Query,
    string Form,
    string Key,
    string Secret,
    string Where = "header",
    string? Realm = null,
    string Authorization = "",
    string? SignedPath = null);

public sealed record OracleAnswer(
    bool Valid = false, string Path = "", string Query = "", string Authorization = "", string Form = "");

/// <summary>An independent implementation of OAuth. It runs once for a batch of cases.</summary>
public sealed class Oracle(string interpreter, string script, string package)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static Oracle Ruby { get; } = new("/usr/bin/ruby", "ruby_oauth.rb", "ruby-oauth");

    public static Oracle Python { get; } = new("/usr/bin/python3", "python_oauthlib.py", "python3-oauthlib");

    public async Task<IReadOnlyList<OracleAnswer>> AskAsync(IReadOnlyList<OracleCase> cases)
    {
        using var process = Start();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(cases, Json));
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) Assert.Fail($"{script} failed; is the Debian package {package} installed?\n{await errors}");

        var answers = JsonSerializer.Deserialize<OracleAnswer[]>(await output, Json)!;
        Assert.Equal(cases.Count, answers.Length);
        return answers;
    }

    private Process Start()
    {
        var path = System.IO.Path.Combine(AppContext.BaseDirectory, "Authentication", "Oracles", script);
        var start = new ProcessStartInfo(interpreter, [path])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["PYTHONIOENCODING"] = "utf-8";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"{interpreter} does not start: install the Debian package {package}.", e);
        }
    }
}
