using Audrey.Abstractions;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Instance;

/// <summary>
/// Writes what the contacts of a guest leave behind. Guests are answered even if the time of a contact cannot be written.
/// </summary>
internal sealed partial class ContactRecorder(
    InstanceId id, InstanceMachine machine, InstanceRows rows, InstanceEffects effects, RegistrationCommands commands,
    InstanceServices silo)
{
    /// <summary>
    /// Writes the changes that a GET of versions 0 to 2 causes, if these changes must be written now. Other changes are written later.
    /// </summary>
    public async Task Record(RegisteredInstance instance, Contact read, ReadTrace trace)
    {
        if ((trace & (ReadTrace.WriteTime | ReadTrace.WriteAddress)) != 0)
        {
            try
            {
                await rows.Write((machine, now) => machine.RecordContact(instance, read, trace, now));
            }
            catch (NotDurableException exception) when ((trace & ReadTrace.WriteAddress) == 0)
            {
                // A GET without other changes is answered even if the time of its contact could not be written.
                LogContactNotWritten(silo.Logger, id.Value, exception);
            }
        }
        else if ((trace & ReadTrace.Publish) != 0)
        {
            effects.Begin(machine.Repeat());
        }

        if (trace != ReadTrace.None && read.NotesAddress) await effects.WaitForPush();
    }

    /// <summary>Records a contact of a guest of version 3. The contact is written only if the time in the row is old.</summary>
    public Task Record(RegisteredInstance instance) =>
        InstanceMachine.Hear(instance, silo.Now) ? Write(instance) : Task.CompletedTask;

    /// <summary>Writes the time of a contact.</summary>
    public Task Write(RegisteredInstance instance) =>
        Try(rows.Write((machine, now) => machine.WriteContact(instance, now)), LogContactNotWritten);

    /// <summary>Makes the previous secret invalid. If the write fails, the guest's next request does it.</summary>
    public Task EndPreviousSecret(long number) => Try(commands.EndPreviousSecret(number), LogSecretNotEnded);

    private async Task Try(Task write, Action<ILogger, string, Exception> log)
    {
        try
        {
            await write;
        }
        catch (NotDurableException exception)
        {
            log(silo.Logger, id.Value, exception);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Instance {Instance}: the time of the last contact was not written")]
    private static partial void LogContactNotWritten(ILogger logger, string instance, Exception exception);

    [LoggerMessage(
        LogLevel.Warning, "Instance {Instance}: the write that ends its previous secret failed; the guest's next request tries it again")]
    private static partial void LogSecretNotEnded(ILogger logger, string instance, Exception exception);
}
