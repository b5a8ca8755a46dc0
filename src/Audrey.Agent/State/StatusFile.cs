using System.Text.Json;

namespace Audrey.Agent.State;

/// <summary>Keeps the status file up to date. That it cannot be written never ends a run.</summary>
internal sealed class StatusFile(StateDirectory state, TimeProvider time, Action<string> log)
{
    private StatusDocument _current = new();

    public StatusDocument Current => _current;

    public void Change(Func<StatusDocument, StatusDocument> change)
    {
        _current = change(_current) with { Pid = Environment.ProcessId, Written = time.GetUtcNow() };
        try
        {
            StateDirectory.Write(state.Status, JsonSerializer.SerializeToUtf8Bytes(_current, StateJson.Default.StatusDocument));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log($"The status file cannot be written: {failure.Message}");
        }
    }

    /// <summary>Says what is in the way; the time it began stays while it is the same. What is complete stays so.</summary>
    public void Trouble(string message)
    {
        if (_current.Trouble != message) log(message);
        Change(status => status with
        {
            Phase = status.Phase is Phase.Complete or Phase.Failed ? status.Phase : Phase.Waiting,
            Trouble = message,
            TroubleSince = status.Trouble == message ? status.TroubleSince : time.GetUtcNow(),
        });
    }

    public void Service(ServiceStatus service) => Change(status =>
    {
        var services = status.Services.ToList();
        var at = services.FindIndex(known => known.Name == service.Name);
        if (at < 0) services.Add(service);
        else services[at] = service;
        return status with { Services = services };
    });

    /// <summary>Reads what a run wrote; null if there is none.</summary>
    public static StatusDocument? Read(StateDirectory state)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(state.Status), StateJson.Default.StatusDocument);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
