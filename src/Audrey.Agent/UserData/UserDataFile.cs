using Audrey.Agent.Commands;

namespace Audrey.Agent.UserData;

/// <summary>User data in a file that is named.</summary>
internal static class UserDataFile
{
    /// <summary>Reads it.</summary>
    /// <exception cref="AgentException">It cannot be read or is not understood.</exception>
    public static ServerAccess Read(string path)
    {
        var text = UserDataText.Unwrap(ReadBytes(path));
        return ServerForm.IsLikely(text)
            ? ServerForm.Read(text)
            : throw new AgentException(ExitCode.UserData, "The user data is of no form that this program knows, such as 1|endpoint|key|secret.");
    }

    private static byte[] ReadBytes(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var data = new byte[UserDataText.MaxBytes + 1];
            return data[..file.ReadAtLeast(data, data.Length, throwOnEndOfStream: false)];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new AgentException(ExitCode.UserData, $"The user data file {path} cannot be read: {failure.Message}", failure);
        }
    }
}
