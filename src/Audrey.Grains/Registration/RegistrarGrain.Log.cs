using Audrey.Core.Ids;
using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Registration;

internal sealed partial class RegistrarGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The registration of instance {Instance} was refused for {Problems} problems.")]
    private partial void LogRefused(InstanceId instance, int problems);
}
